import type { Catalogue } from '../catalogue.ts';
import type { live as english } from '../en/live.ts';

export const live: Catalogue<typeof english> = {
  title: '实时预测',
  camera: '摄像头',
  file: '文件',
  source: '图片来源',
  chooseFile: '选择图片',
  dropHint: '或拖到这里',
  filePicture: '你选择的图片',
  answers: '模型的判断',
  waitingTitle: '从第三张图片起就能回答',
  waiting: '给两个类别各放三张图片即可。无需点击，它会自动开始，图片越多越准。',
  waitingModel: '模型还在加载。',
  enough: '已够',
  ofThree: '{{count}} / 3',
  others_other: '另有 {{count}} 个类别',
  model: '作答的模型',
  instant: '即时分类头',
  instantWith_other: '即时分类头，{{count}} 张图片',
  run: '第 {{number}} 次训练，最佳第 {{epoch}} 轮',
  runStart: '第 {{number}} 次训练，初始拟合',
  stale: '这次训练还没有看到你最近的改动。',
  took: '{{ms}} 毫秒',
  learning: '正在查看新图片',
  almostSure: '超过 99%',
  almostNot: '不到 1%',
};
