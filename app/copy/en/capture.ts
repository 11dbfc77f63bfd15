/** Camera, files, drops. */
export const capture = {
  picture: 'Camera picture',
  starting: 'Starting the camera. The browser may ask you to allow it.',
  start: 'Start the camera',
  again: 'Try again',
  device: 'Which camera',
  deviceNumber: 'Camera {{number}}',
  flip: 'Switch camera',
  problem: {
    refused:
      'The camera was refused. Allow it for this page with the camera or lock sign beside the address, then try again. You can also add files instead.',
    absent: 'No camera was found. Plug one in and try again, or add files instead.',
    busy: 'The camera does not answer; another program may be using it. Close that program and try again.',
    unplugged:
      'The camera went away while it was on. The pictures taken so far are kept. Plug it in and try again.',
    insecure: 'Browsers give the camera only to pages with https. Open this page over https, or add files.',
    failed: 'The camera could not be started. Try again, or add files instead.',
  },
};
