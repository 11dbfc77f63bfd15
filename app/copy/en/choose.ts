export const choose = {
  title: 'choose',
};
