export const fineTune = {
  title: 'fineTune',
};
