import {
  convertCssVariables,
  DEFAULT_THEME,
  defaultCssVariablesResolver,
  mergeMantineTheme,
  type MantineThemeOverride,
} from '@mantine/core';

/**
 * Gives the document the theme's CSS variables. Mantine itself would write them into a `<style>`, which the page's policy
 * does not let in; a constructed style sheet is no inline style. As there, only what differs from Mantine's own values.
 */
export function adoptVariables(theme: MantineThemeOverride): void {
  const ours = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const known = defaultCssVariablesResolver(DEFAULT_THEME);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    convertCssVariables({
      variables: differing(ours.variables, known.variables),
      light: differing(ours.light, known.light),
      dark: differing(ours.dark, known.dark),
    }),
  );
  document.adoptedStyleSheets = [sheet];
}

function differing(ours: Record<string, string>, known: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(ours).filter(([name, value]) => known[name] !== value));
}
