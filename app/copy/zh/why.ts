import type { Catalogue } from '../catalogue.ts';
import type { why as english } from '../en/why.ts';

export const why: Catalogue<typeof english> = {
  title: '为什么这样回答？',
  lead: '颜色越亮的地方，越支持这个类别。如果模型靠的是不相干的线索，换个环境就会出错。',
  views: {
    label: '查看方式',
    picture: '原图',
    'grad-cam': '热力图',
    occlusion: '逐块遮挡',
  },
  class: '要查看的类别',
  for: '支持“{{name}}”',
  cut: '网络深度',
  cutAt: '{{name}}（{{rows}} × {{columns}}）',
  map: '图中各处对“{{name}}”的支持程度',
  working: '正在查看',
  covering: '正在遮挡第 {{done}} 处，共 {{total}} 处',
  nothing: '图中没有支持“{{name}}”的地方。',
  where: '支持“{{name}}”的地方主要在{{place}}：这九分之一的画面占了 {{share}}。',
  places: {
    topLeft: '左上角',
    top: '上方',
    topRight: '右上角',
    left: '左侧',
    middle: '正中',
    right: '右侧',
    bottomLeft: '左下角',
    bottom: '下方',
    bottomRight: '右下角',
  },
  gradCam: '热力图（Grad-CAM）的精细程度取决于所在的深度：越深越粗，也越接近最后的答案。',
  covered: '遮住最关键的一块后（遮挡法），“{{name}}”的把握从 {{before}} 变为 {{after}}。',
  time: '（{{ms}} 毫秒）',
  near: {
    title: '它学过的图片中，最像这张的',
    term: '特征空间中的近邻',
    hint: '数字表示相似程度：1 为相同，0 为无关。近邻属于别的类别，往往就是出错的原因。',
    open: '打开 {{name}}，{{class}}，相似度 {{similarity}}',
  },
};
