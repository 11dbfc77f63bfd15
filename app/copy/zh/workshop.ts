import type { Catalogue } from '../catalogue.ts';
import type { workshop as english } from '../en/workshop.ts';

export const workshop: Catalogue<typeof english> = {
  tools: '批量修正',
  pick: '选中 {{name}}',
  pickAll_other: '全选（{{count}}）',
  moveTo: '移到哪个类别',
  move_other: '移动 {{count}} 张',
  delete_other: '删除 {{count}} 张',
  more: {
    open: '补充“{{name}}”的图片',
    title: '补充“{{name}}”的图片',
    lead: '最有用的是与答错的图片相似的图片。新图片会像其他图片一样，分到学习、检查或考试中。',
    files: '选择文件',
    camera: '用摄像头拍',
  },
  retrain: {
    title: '修正有用吗？',
    lead: '第 {{number}} 次训练之后，图片有了改动。可以用修正后的数据接着训练，然后两次在同样的图片上考试。',
    on: '从第 {{number}} 次接着训练并对比',
    afresh: '重新训练',
    working: '正在接着训练，然后两次都考试',
  },
  change: {
    sum: '{{total}} 张中，第 {{earlier}} 次答对 {{before}} 张；从它的权重接着训练的第 {{run}} 次答对 {{after}} 张。',
    other: '这次训练从第 {{number}} 次的权重开始，但那一次考的是别的图片或标签：请让它重新考试再对比。',
    run: '第 {{number}} 次',
    right: '{{truth}}，答对',
    wrong: '{{truth}} 被认成 {{predicted}}',
    better: '变好',
    worse: '变差',
  },
};
