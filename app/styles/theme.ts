import { createTheme, defaultVariantColorsResolver, type MantineColorsTuple } from '@mantine/core';

/** Leaf green. Shade 7 is the accent on paper (5.1:1 against it), shade 4 the one on dark (7:1). */
const leaf: MantineColorsTuple = [
  '#eef6f0',
  '#dcebe1',
  '#b8d7c3',
  '#90c2a3',
  '#6db387',
  '#4f9d6e',
  '#3c8b5c',
  '#2f7d4f',
  '#276a43',
  '#1c5233',
];

/** Bark brown: what is frozen. */
const bark: MantineColorsTuple = [
  '#f6f1ec',
  '#eae0d6',
  '#d5c2b1',
  '#c0a58c',
  '#ab8b6e',
  '#9a7b60',
  '#8a6f57',
  '#745c47',
  '#5e4a39',
  '#48392c',
];

/** Warm greys between ink and paper; Mantine takes its dark surfaces from here. */
const dark: MantineColorsTuple = [
  '#e8ece8',
  '#c9d0ca',
  '#a9b3ab',
  '#8a968d',
  '#4a554d',
  '#2e3831',
  '#232b26',
  '#1a211c',
  '#131714',
  '#0d100e',
];

export const theme = createTheme({
  primaryColor: 'leaf',
  primaryShade: { light: 7, dark: 4 },
  colors: { leaf, bark, dark },
  black: '#17211b',
  white: '#ffffff',
  defaultRadius: 10,
  fontFamily: 'var(--g-font)',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontFamily: 'var(--g-font)', fontWeight: '620' },
  fontSizes: { xs: '0.8125rem', sm: '0.875rem', md: '1rem', lg: '1.125rem', xl: '1.375rem' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  // Mantine picks the ink of a filled button for the light scheme only; ours depends on the scheme.
  variantColorResolver: (input) => {
    const resolved = defaultVariantColorsResolver(input);
    const isAccent = input.color === undefined || input.color === 'leaf';
    if (input.variant !== 'filled' || !isAccent) return resolved;
    return {
      ...resolved,
      background: 'var(--g-leaf)',
      hover: 'var(--g-leaf-hover)',
      color: 'var(--g-on-leaf)',
      hoverColor: 'var(--g-on-leaf)',
    };
  },
  // The body never scrolls (its regions do), and what would lock it is a `<style>`, which the page's policy does not let in.
  components: {
    Modal: { defaultProps: { removeScrollProps: { removeScrollBar: false } } },
    Drawer: { defaultProps: { removeScrollProps: { removeScrollBar: false } } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
});
