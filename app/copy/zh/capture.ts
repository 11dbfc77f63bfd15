import type { Catalogue } from '../catalogue.ts';
import type { capture as english } from '../en/capture.ts';

export const capture: Catalogue<typeof english> = {
  picture: '摄像头画面',
  starting: '正在打开摄像头，浏览器可能会请求许可。',
  start: '打开摄像头',
  again: '重试',
  device: '选择摄像头',
  deviceNumber: '摄像头 {{number}}',
  flip: '切换摄像头',
  problem: {
    refused: '摄像头权限被拒绝。请点击地址栏旁的摄像头或锁形图标，允许本页使用后重试；也可以改为添加文件。',
    absent: '没有找到摄像头。请接上后重试，或改为添加文件。',
    busy: '摄像头没有响应，可能正被其他程序占用。请关闭该程序后重试。',
    unplugged: '摄像头在使用中断开了，已拍的图片都在。请重新接上后重试。',
    insecure: '浏览器只允许 https 页面使用摄像头。请用 https 打开本页，或改为添加文件。',
    failed: '摄像头无法启动。请重试，或改为添加文件。',
  },
};
