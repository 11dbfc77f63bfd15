/** The sign of the page: a shoot joined to a trunk at a slanted cut. */
export function GraftMark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 28 28" aria-hidden focusable="false">
      <path d="M14 26V16.5" stroke="var(--g-bark)" strokeWidth="3.4" strokeLinecap="round" />
      <path d="M10.2 17.8l7.6-3.6" stroke="var(--g-paper)" strokeWidth="2.2" strokeLinecap="round" />
      <path d="M14 13.6V9" stroke="var(--g-leaf)" strokeWidth="3.2" strokeLinecap="round" />
      <path d="M14 10.5C8.6 10.7 5 7.6 4.6 2.4 10 2.2 13.7 5.300 14 10.5z" fill="var(--g-leaf)" />
      <path
        d="M14 13c.2-4.200 3.400-7.400 8.900-7.800C23 10.400 19.300 13.300 14 13z"
        fill="var(--g-leaf)"
        opacity=".72"
      />
    </svg>
  );
}
