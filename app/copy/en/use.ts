export const use = {
  title: 'use',
};
