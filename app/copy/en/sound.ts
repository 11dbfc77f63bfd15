/** Sounds: listening to them, recording them, what cannot be had of them. */
export const sound = {
  wave: 'Waveform of {{name}}',
  spectrum: 'Spectrogram: time to the right, high above low',
  play: 'Play {{name}}',
  seconds: '{{seconds}} s',
  chosen: 'The sound you chose',
  noHeat: 'Heat maps are for pictures. For sounds, the ones it learned from that are most alike say why.',
  noExport: 'Models of sounds cannot be taken out as a file yet. The project can: it opens on any machine.',
};
