import type { Catalogue } from '../catalogue.ts';
import type { text as english } from '../en/text.ts';

/** 文本：书写、试用，以及做不到的事。 */
export const text: Catalogue<typeof english> = {
  write: { label: '{{name}} 的文本', hint: '每行一条，重复的不收。', add: '添加' },
  try: { label: '要试的文本', hint: '边输入边给出答案。只读前 128 个词片（约 90 个英文单词）。' },
  foreign: '这个模型是用英文训练的，对这种语言的判断和瞎猜差不多。',
  noExport: '文本模型暂时不能导出成文件，但项目可以：在任何电脑上都能打开。',
};
