import { expect, test } from 'vitest';
import { sha256 } from '../core/hash.ts';
import { ownModelId, ownModelKey, type OwnModelRecord } from '../core/own-model.ts';
import { OWN_MODEL_PATH, ownFilePath, ownRecordPath, parseOwnModel } from './own-model-record.ts';

const HASH = 'a'.repeat(64);

async function record(change: Partial<OwnModelRecord> = {}): Promise<OwnModelRecord> {
  const content: Omit<OwnModelRecord, 'id'> = {
    name: 'Mine',
    format: 'onnx',
    settings: { inputSize: 224, range: 'unit', channelOrder: 'rgb', features: 'flat' },
    files: [{ name: 'model.onnx', sha256: HASH, sizeBytes: 10 }],
    labels: [],
    megaMacs: 1.5,
    featureSize: 24,
    headOnly: false,
    addedAtMs: 1,
    ...change,
  };
  return { id: ownModelId(await sha256(ownModelKey(content))), ...content };
}

test('a record comes back as it was, whatever its name', async () => {
  for (const name of ['Mine', 'A <b>& "quoted" 模型']) {
    const kept = await record({ name });
    expect(await parseOwnModel(JSON.stringify({ ...kept, stranger: 1 }))).toEqual(kept);
    expect(OWN_MODEL_PATH.test(ownRecordPath(kept.id))).toBe(true);
  }
  expect(OWN_MODEL_PATH.test(ownFilePath(HASH))).toBe(true);
  expect(OWN_MODEL_PATH.test('models/files/../../project/record.json')).toBe(false);
});

test('the same bytes with other settings are another model, under another name the same', async () => {
  const { id } = await record();
  expect((await record({ name: 'Other' })).id).toBe(id);
  const settings = { ...(await record()).settings, range: 'signed' as const };
  expect((await record({ settings })).id).not.toBe(id);
});

test('what does not fit its id, or is no record, is damaged', async () => {
  const kept = await record();
  const other = await record({ files: [{ name: 'model.onnx', sha256: 'b'.repeat(64), sizeBytes: 10 }] });
  const wrong: unknown[] = [
    { ...other, id: kept.id },
    { ...kept, id: 'mobilenet-v3-small' },
    { ...kept, files: [] },
    { ...kept, settings: { ...kept.settings, inputSize: 1e9 } },
    { ...kept, files: [{ name: 'x', sha256: '../../x', sizeBytes: 1 }] },
    null,
  ];
  for (const value of wrong) {
    await expect(parseOwnModel(JSON.stringify(value))).rejects.toMatchObject({ code: 'project-damaged' });
  }
  await expect(parseOwnModel('{')).rejects.toMatchObject({ code: 'project-damaged' });
});
