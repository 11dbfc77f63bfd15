import { BACKGROUND } from '../background.ts';
import type { Catalogue } from '../catalogue.ts';
import type { sound as english } from '../en/sound.ts';

export const sound: Catalogue<typeof english> = {
  wave: '{{name}} 的波形',
  spectrum: '声谱图：横轴是时间，越高音调越高',
  play: '播放 {{name}}',
  seconds: '{{seconds}} 秒',
  chosen: '你选择的声音',
  background: BACKGROUND.zh,
  addBackground: '添加背景噪声',
  record: {
    cut: '怎样切分录音',
    cutSounds: '按停顿',
    cutEvenly: '等长（噪声）',
    start: '开始录音',
    stop: '停止（{{seconds}} 秒）',
    keeping: '正在切分录音',
    taken_other: '切出 {{count}} 段声音，已加入 {{name}}。',
    hint: {
      sounds: '说几遍，每遍之间稍作停顿。',
      evenly: '让它录着就好：噪声会切成一秒半一段。',
    },
  },
  microphone: {
    starting: '正在打开麦克风，浏览器可能会请求许可。',
    start: '打开麦克风',
    again: '重试',
    level: '麦克风音量',
    problem: {
      refused: '麦克风权限被拒绝。请点击地址栏旁的麦克风或锁形图标，允许本页使用后重试；也可以改为添加文件。',
      absent: '没有找到麦克风。请接上后重试，或改为添加文件。',
      busy: '麦克风没有响应，可能正被其他程序占用。请关闭该程序后重试。',
      unplugged: '麦克风在使用中断开了，已录的内容都在。请重新接上后重试。',
      insecure: '浏览器只允许 https 页面使用麦克风。请用 https 打开本页，或改为添加文件。',
      failed: '麦克风无法启动。请重试，或改为添加文件。',
    },
    doubt: {
      muted: '完全没有声音传来：麦克风被静音了。请检查麦克风上的开关或系统设置。',
      telephone:
        '这个麦克风只有电话音质（8 kHz），某些耳机就是这样。可以使用，但高音会丢失；有条件请换一个。',
      stereo: '收到多个声道，将取平均。',
    },
  },
  live: {
    listening: '正在听',
    threshold: '达到 {{percent}} 才报出',
  },
  noExport: '声音模型还不能导出成文件。项目可以保存，在任何电脑上都能打开。',
};
