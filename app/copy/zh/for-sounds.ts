import type { KindCopy } from '../in-kind.ts';

/** 声音项目里的说法。 */
export const forSounds: KindCopy = {
  words: [
    [/图片/g, '声音'],
    [/张/g, '段'],
  ],
  sentences: {
    choose: {
      lead: '早有人教会了神经网络听声音。把它当作老根（预训练模型），再嫁接上你自己的本领。',
      tasks: { pictures: { name: '图片', line: '分辨照片里是什么' } },
    },
    common: {
      rail: { evaluateDone: '未听过的声音上 {{percent}}' },
      help: {
        idea: 'Graft 意为“嫁接”：把新枝接到强壮的老根上。老根是听过大量语音的预训练模型，新枝就是你用少量声音教给它的新本领。',
      },
    },
    errors: {
      'file-not-a-picture': '这不是图片，与文件名不符。',
      'file-unsupported': '不支持这种声音格式（{{kind}}）。请另存为普通 WAV 或 MP3 后重新拖入。',
      'file-too-large': '文件太大，无法打开。请剪到一分钟以内后重新拖入。',
    },
    evaluate: {
      result: '在从未听过的{{pictures}}中，答对 {{correct}} 段：正确率在 {{low}} 到 {{high}} 之间。',
      matrix: { lead: '每一行是一个类别的声音，每一列是模型的判断。点选数字可听到对应的声音。' },
    },
    exam: {
      card: { limitSource: '样本来自同一个项目。换了麦克风、房间或说话人，结果可能不同。' },
    },
    fineTune: {
      presets: { deep: { line: '连同最后几个模块，适合与语音不同的声音。' } },
      running: { stage: { features: '正在逐段听取声音' } },
      settings: {
        fields: {
          epochs: { line: '最多把全部声音听几遍。' },
          batchSize: { line: '每次修正之前听几段声音。' },
          crop: { name: '时间平移', line: '提前或推后，最多移动自身长度的这一部分。' },
          colour: { name: '音量', line: '变响或变轻，最多改变这一比例。' },
        },
        preview: '它听到的你的声音',
        previewOff: '把变体数设为 1 或更多，声音就会变化后再用于学习。',
      },
    },
    live: { camera: '麦克风', learning: '正在听取新声音', stale: '这次训练还没有听到你最近的改动。' },
    prepare: {
      lead: '想让模型给出几种答案，就建几个类别，另建一个“背景噪声”类，代表什么都不是。再告诉它哪些声音属于哪一类。',
      sampleProgress: '正在取用示例数据',
      empty: {
        sampleTitle: '使用示例数据',
        sampleText:
          '“前进”“停止”“是的”等八个口令，可选英语或汉语，每个由 28 种合成嗓音各说一遍，适合初次尝试。',
        cameraTitle: '使用麦克风',
        cameraText: '把一个词说几遍，再说下一个词。每一遍会自动切成一段声音。',
        cameraButton: '打开麦克风',
        filesText:
          '按类别分好的文件夹、zip 压缩包或单段声音（WAV、MP3、OGG、FLAC、M4A）都可以，每段最长一分钟，文件夹名就是类别名。',
      },
      camera: '麦克风',
      class: { cameraFor: '用麦克风录 {{name}}', closeCamera: '关闭 {{name}} 的麦克风' },
      selection: { view: '播放' },
      split: {
        grouped_other: '{{count}} 段声音有“同伴”（重复的声音或同一个嗓音），同伴总在同一边。',
        groupedNone: '重复的声音总在同一边。',
      },
      doctor: {
        lead: '找出与其他声音不符的标签，以及与同类都不像的声音。',
        labelsHint: '最可疑的排在前面。移动之前先听一听：少见的声音不一定标错。',
      },
      folds: { noRelatives: '没有相关的声音（副本），不会泄漏。' },
    },
    use: {
      try: { camera: '麦克风', waiting: '打开麦克风或选一段声音，答案会出现在这里。' },
    },
    why: {
      lead: '颜色越亮，说明这一时刻、这一音高越支持这个类别。如果模型听的是不相干的东西，换个环境就会出错。',
      views: { picture: '原声' },
      heat: '各时刻、各音高对“{{name}}”的支持程度',
      nothing: '声音中没有支持“{{name}}”的地方。',
      near: { looking: '正在与它学过的声音比较：第 {{done}} 段，共 {{total}} 段' },
    },
    workshop: { more: { camera: '用麦克风录' } },
  },
};
