import { capture } from './capture.ts';
import { choose } from './choose.ts';
import { common } from './common.ts';
import { errors } from './errors.ts';
import { evaluate } from './evaluate.ts';
import { exam } from './exam.ts';
import { fineTune } from './fine-tune.ts';
import { live } from './live.ts';
import { ownModel } from './own-model.ts';
import { prepare } from './prepare.ts';
import { sound } from './sound.ts';
import { stress } from './stress.ts';
import { text } from './text.ts';
import { use } from './use.ts';
import { why } from './why.ts';
import { workshop } from './workshop.ts';

export const en = {
  capture,
  choose,
  common,
  errors,
  evaluate,
  exam,
  fineTune,
  live,
  ownModel,
  prepare,
  sound,
  stress,
  text,
  use,
  why,
  workshop,
};

export type English = typeof en;
