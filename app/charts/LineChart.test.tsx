import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { LineChart } from './LineChart.tsx';

const series = [
  {
    id: 'a',
    label: 'learning',
    colour: 'green',
    points: [
      { x: 0, y: 0 },
      { x: 10, y: 1 },
    ],
  },
  { id: 'b', label: 'checking', colour: 'black', points: [] },
];
const draw = (lines: typeof series, mark?: { x: number; label: string }) =>
  renderToStaticMarkup(
    <LineChart
      title="Accuracy"
      series={lines}
      xDomain={[0, 10]}
      yDomain={[0, 1]}
      xLabel="epoch"
      formatY={(value) => `${value * 100} %`}
      empty="nothing yet"
      {...(mark && { mark })}
    />,
  );

describe('LineChart', () => {
  it('draws a line from corner to corner of the plot and writes name and last value at its end', () => {
    const svg = draw(series, { x: 5, label: 'best: 5' });
    expect(svg).toContain('d="M44.0 188.0L268.0 20.0"');
    expect(svg).toContain('>100 %</text>');
    expect(svg).toContain('>learning</text>');
    expect(svg).toContain('>best: 5</text>');
    expect(svg).toContain('x1="156"');
  });

  it('is drawn at the width it is shown at, so that its words keep their size', () => {
    const svg = renderToStaticMarkup(
      <LineChart
        title="Loss"
        series={series}
        xDomain={[0, 10]}
        yDomain={[0, 1]}
        xLabel="epoch"
        formatY={String}
        width={600}
      />,
    );
    expect(svg).toContain('viewBox="0 0 600 220"');
    expect(svg).toContain('d="M44.0 188.0L520.0 20.0"');
  });

  it('draws the range around a line, there and back, and marks what was measured', () => {
    const band = [
      { x: 0, low: 0, high: 0.5 },
      { x: 10, low: 0.5, high: 1 },
    ];
    const [first] = series;
    const svg = draw([{ ...first!, band, dots: true } as (typeof series)[number]]);
    expect(svg).toContain('d="M44.0 104.0L268.0 20.0L268.0 104.0L44.0 188.0Z"');
    expect(svg.match(/<circle/g)).toHaveLength(2);
  });

  it('says that there is nothing while no series has a point', () => {
    const svg = draw([]);
    expect(svg).toContain('>nothing yet</text>');
    expect(svg).not.toContain('<path');
  });
});
