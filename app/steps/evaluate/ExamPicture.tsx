import { useState } from 'react';
import type { EvaluationReport, ProjectSnapshot, SampleId, SampleRecord } from '../../../src/index.ts';
import { editDataset } from '../../store/data-actions.ts';
import { PictureDialog } from '../pictures/PictureDialog.tsx';
import { sideOf } from '../pictures/side-of.ts';
import type { NamedClass } from './exam.ts';
import { HeatShade } from './why/HeatShade.tsx';
import { WhyPanel } from './why/WhyPanel.tsx';
import { useHeat, type WhyQuestion } from './why/use-heat.ts';

interface ExamPictureProps {
  readonly project: ProjectSnapshot;
  readonly report: EvaluationReport;
  readonly classes: readonly NamedClass[];
  /** The pictures that can be paged through. */
  readonly order: readonly SampleId[];
  /** The open one; `null`: none. */
  readonly id: SampleId | null;
  readonly onOpen: (id: SampleId | null) => void;
}

/** One picture of an exam, large: it can be mended, and asked why it was answered as it was. */
export function ExamPicture(props: ExamPictureProps) {
  const sample = props.id === null ? undefined : props.project.dataset.samples.get(props.id);
  return sample === undefined ? null : <Open {...props} sample={sample} />;
}

function Open({
  project,
  report,
  classes,
  order,
  onOpen,
  sample,
}: ExamPictureProps & { readonly sample: SampleRecord }) {
  const { dataset, split } = project;
  const { id } = sample;
  const [asked, setAsked] = useState<WhyQuestion | null>(null);
  const question = asked ?? { view: 'picture' as const, label: answerTo(report, sample), cut: null };
  const { view, label, cut } = question;
  const { runId } = report;
  const classId = classes[label]?.id ?? '';
  const heat = useHeat({ runId, of: id, classId, view, cut });
  const ids = order.filter((other) => dataset.samples.has(other));
  // Each picture has its own answer, and the question stays about that; only the view is kept.
  const go = (next: SampleId | null) => {
    const other = next === null ? undefined : dataset.samples.get(next);
    setAsked(other === undefined ? null : { ...question, label: answerTo(report, other) });
    onOpen(next);
  };
  return (
    <PictureDialog
      sample={sample}
      index={ids.indexOf(id)}
      order={ids}
      classes={dataset.classes}
      side={sideOf(split, id)}
      onGo={go}
      onMove={(to) => void editDataset({ kind: 'move-samples', ids: [id], to })}
      onDelete={() => {
        go(null);
        void editDataset({ kind: 'delete-samples', ids: [id] });
      }}
      onClose={() => go(null)}
      shade={
        view !== 'picture' &&
        (sample.kind !== 'text' || heat.status === 'ready') && (
          <HeatShade
            heat={heat}
            width={sample.width}
            height={sample.height}
            name={classes[label]?.name ?? ''}
          />
        )
      }
    >
      <WhyPanel
        runId={runId}
        id={id}
        classes={classes}
        question={question}
        heat={heat}
        onAsk={setAsked}
        onGo={go}
      />
    </PictureDialog>
  );
}

/** What the run said; for a picture that was not in the exam, what it is. */
function answerTo(report: EvaluationReport, { id, classId }: SampleRecord): number {
  const prediction = report.predictions.find((one) => one.id === id);
  return prediction?.predicted ?? Math.max(0, report.classIds.indexOf(classId));
}
