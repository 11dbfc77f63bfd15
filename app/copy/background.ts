/** What the class of background noise is called in each language: a project may be opened in the other one. */
export const BACKGROUND = { en: 'Background noise', zh: '背景噪声' } as const;
