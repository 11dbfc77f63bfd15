import type { EvaluationReport, FeatureMap, ProjectSnapshot } from '../../../../src/index.ts';
import type { MapPoint, MapWord } from '../../../charts/PointMap.tsx';
import { classStyle } from '../../../components/class-style.ts';
import { sideOf } from '../../pictures/side-of.ts';
import type { NamedClass } from '../exam.ts';

interface Values {
  readonly name: string;
  readonly class: string;
  readonly said: string;
}

interface Points {
  readonly map: FeatureMap;
  readonly moment: 'before' | 'after';
  readonly project: ProjectSnapshot;
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
  readonly say: (key: 'point' | 'pointRight' | 'pointWrong', values: Values) => string;
}

/** A map's samples that are still there, with what the exam says of them. */
export function mapPoints({ map, moment, project, report, classes, say }: Points): readonly MapPoint[] {
  const { dataset, split } = project;
  const places = moment === 'after' && map.after !== null ? map.after : map.before;
  const predictions = new Map(report.predictions.map((one) => [one.id, one]));
  const order = new Map(dataset.classes.map(({ id, name }, index) => [id, { name, index }]));
  return map.ids.flatMap((id, at) => {
    const sample = dataset.samples.get(id);
    const owner = sample === undefined ? undefined : order.get(sample.classId);
    if (sample === undefined || owner === undefined) return [];
    const prediction = predictions.get(id);
    const said = prediction === undefined ? undefined : classes[prediction.predicted];
    const wrong = said !== undefined && said.id !== sample.classId;
    const key = said === undefined ? 'point' : wrong ? 'pointWrong' : 'pointRight';
    return [
      {
        id,
        x: places[2 * at] ?? 0.5,
        y: 1 - (places[2 * at + 1] ?? 0.5),
        colour: classStyle(owner.index).colour,
        strong: sideOf(split, id) === 'test',
        marked: wrong,
        label: say(key, { name: sample.name, class: owner.name, said: said?.name ?? '' }),
      },
    ];
  });
}

/** The name of each class at the median of its points, so that colour is not all there is. */
export function mapWords(points: readonly MapPoint[], { dataset }: ProjectSnapshot): readonly MapWord[] {
  return dataset.classes.flatMap(({ id, name }) => {
    const own = points.filter((point) => dataset.samples.get(point.id)?.classId === id);
    if (own.length === 0) return [];
    return [{ id, x: median(own.map(({ x }) => x)), y: median(own.map(({ y }) => y)), text: name }];
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
