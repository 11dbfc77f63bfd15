import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelCheck, ModelReport, ValueFact } from '../../../../src/index.ts';
import { useFormat } from '../../../copy/format.ts';
import { shortName } from '../../short-name.ts';
import styles from './BringModel.module.css';

interface ReportDetailsProps {
  readonly report: ModelReport;
  readonly check: ModelCheck;
}

/** Everything that was found out, folded. */
export function ReportDetails({ report, check }: ReportDetailsProps) {
  const { t } = useTranslation('ownModel');
  const format = useFormat();
  return (
    <div className={styles.folds}>
      {check.ok && (
        <Fold
          title={t('details.kept')}
          head={['', t('details.weights')]}
          rows={[
            [t('details.trainable'), format.count(check.trainable)],
            ...check.kept.map(({ reason, count }) => [t(`details.reasons.${reason}`), format.count(count)]),
          ]}
        />
      )}
      {check.ok && (
        <Fold
          title={`${t('details.blocks')} (${format.count(check.blocks.length)})`}
          head={[t('details.block'), t('details.output'), t('details.weights')]}
          rows={check.blocks.map(({ name, outputShape, parameters }) => [
            <Name key="name" name={name} />,
            outputShape.join(' × '),
            format.count(parameters),
          ])}
        />
      )}
      <Values report={report} />
      <Fold
        title={`${t('details.ops')} (${format.count(report.ops.length)})`}
        head={[t('details.op'), t('details.count')]}
        rows={report.ops.map(({ op, count }) => [op, format.count(count)])}
      />
    </div>
  );
}

function Values({ report }: { readonly report: ModelReport }) {
  const { t } = useTranslation('ownModel');
  const row = (kind: string, { name, type, shape }: ValueFact) => [
    kind,
    <Name key="name" name={name} />,
    type || t('details.unknown'),
    shape === null ? t('details.unknown') : shape.map((size) => size ?? t('details.any')).join(' × '),
  ];
  return (
    <Fold
      title={t('details.values')}
      head={['', t('report.name'), t('details.type'), t('details.shape')]}
      rows={[
        ...report.inputs.map((value) => row(t('details.input'), value)),
        ...report.outputs.map((value) => row(t('details.outputValue'), value)),
      ]}
    />
  );
}

/** A name of the file's, shortened, whole for the pointer and for screen readers. */
function Name({ name }: { readonly name: string }) {
  return (
    <span className={styles.code} title={name}>
      {shortName(name, 34)}
    </span>
  );
}

interface FoldProps {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly ReactNode[])[];
}

/** A table behind its title. Its last column is the number. */
function Fold({ title, head, rows }: FoldProps) {
  return (
    <details className={styles.details}>
      <summary>{title}</summary>
      <div className={styles.tableBox} role="region" aria-label={title} tabIndex={0}>
        <table className={styles.table}>
          <thead>
            <tr>
              {head.map((cell, index) => (
                <th key={index} scope="col">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {row.map((cell, column) => (
                  <td key={column}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
