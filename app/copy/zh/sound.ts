import type { Catalogue } from '../catalogue.ts';
import type { sound as english } from '../en/sound.ts';

export const sound: Catalogue<typeof english> = {
  wave: '{{name}} 的波形',
  spectrum: '声谱图：横轴是时间，越高音调越高',
  play: '播放 {{name}}',
  seconds: '{{seconds}} 秒',
  chosen: '你选择的声音',
  noHeat: '热力图只用于图片。对声音来说，它学过的声音中哪些最像，就说明了原因。',
  noExport: '声音模型还不能导出成文件。项目可以保存，在任何电脑上都能打开。',
};
