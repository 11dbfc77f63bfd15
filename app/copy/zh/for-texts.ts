import type { KindCopy } from '../in-kind.ts';

/** 文本项目里的说法。 */
export const forTexts: KindCopy = {
  words: [
    [/图片/g, '文本'],
    [/张/g, '条'],
  ],
  sentences: {
    choose: {
      lead: '早有人教会了神经网络阅读。把它当作老根（预训练模型），再嫁接上你自己的本领。',
      tasks: { pictures: { name: '图片', line: '分辨照片里是什么' } },
    },
    common: {
      rail: { evaluateDone: '未读过的文本上 {{percent}}' },
      help: {
        idea: 'Graft 意为“嫁接”：把新枝接到强壮的老根上。老根是读过大量句子的预训练模型，新枝就是你用少量文本教给它的新本领。',
      },
    },
    errors: {
      'file-not-a-picture': '这不是图片，与文件名不符。',
      'file-unsupported': '这不是纯文本（{{kind}}）。请另存为文本（TXT、CSV）后重新拖入。',
      'file-too-large': '文件太大，不能当作一条文本。请分成几份后重新拖入。',
    },
    evaluate: {
      result: '在从未读过的{{pictures}}中，答对 {{correct}} 条：正确率在 {{low}} 到 {{high}} 之间。',
      matrix: { lead: '每一行是一个类别的文本，每一列是模型的判断。点选数字可读到对应的文本。' },
    },
    exam: { card: { limitSource: '样本来自同一个项目。换了作者或话题，结果可能不同。' } },
    fineTune: {
      tree: { stem: '词片（嵌入）', conv: '最后几层' },
      presets: { deep: { line: '连同最后几层，适合与日常句子不同的文本。' } },
      running: { stage: { features: '正在逐条阅读文本' } },
      settings: {
        fields: {
          epochs: { line: '最多把全部文本读几遍。' },
          batchSize: { line: '每次修正之前读几条文本。' },
        },
        preview: '它读到的你的文本',
        previewOff: '把变体数设为 1 或更多，文本就会变化后再用于学习。',
      },
    },
    live: { camera: '书写', learning: '正在阅读新文本', stale: '这次训练还没有读到你最近的改动。' },
    prepare: {
      sampleProgress: '正在取用示例数据',
      lead: '想让模型给出几种答案，就建几个类别，再告诉它哪些文本属于哪一类。',
      empty: {
        sampleTitle: '使用示例数据',
        sampleText: '三种态度的评论，或五个话题的提问。都是为初次尝试写的英文短句。',
        cameraTitle: '书写或粘贴',
        cameraText: '先为一个类别写几条文本，再写下一个类别。每行是一条文本。',
        cameraButton: '开始书写',
        filesTitle: '添加表格或文件',
        filesText:
          '一列文本、一列标签的表格（CSV、TSV、JSON、Parquet），或按类别分好的 TXT 文件夹。每个标签成为一个类别。',
      },
      camera: '书写',
      class: { cameraFor: '为 {{name}} 书写文本', closeCamera: '结束为 {{name}} 书写' },
      selection: { view: '阅读' },
      split: {
        grouped_other: '{{count}} 条文本有“同伴”，同伴总在同一边。',
        groupedNone: '重复的文本总在同一边。',
      },
      doctor: {
        lead: '找出与其他文本不符的标签，以及与同类都不像的文本。',
        labelsHint: '最可疑的排在前面。移动之前先读一读：少见的文本不一定标错。',
      },
      folds: { noRelatives: '没有相关的文本（副本），不会泄漏。' },
      table: {
        rows_other: '{{rows}} 行，其中 {{matched}} 行有文本',
        file: '文本',
        fileHint: '写有文本的列',
        labelHint: '每条文本是什么',
        groupHint: '同一位作者、同一份文档、同一段对话：不会分到两边',
      },
    },
    use: { try: { camera: '书写', waiting: '写一条文本，答案会出现在这里。' } },
    why: {
      lead: '标出的词说明是什么支持了这个类别。如果模型靠的是不相干的词，换个环境就会出错。',
      views: { picture: '原文', occlusion: '逐词删去' },
      covering: '正在删去第 {{done}} 个词，共 {{total}} 个',
      near: { looking: '正在与它学过的文本比较：第 {{done}} 条，共 {{total}} 条' },
    },
    workshop: { more: { camera: '书写文本' } },
  },
};
