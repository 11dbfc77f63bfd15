import { expect, it } from 'vitest';
import { projectFileName } from './project-file-name.ts';

it.each([
  ['Fruit or not', 'Fruit or not.graft'],
  ['水果', '水果.graft'],
  ['a/b\\c:d*e?"<f>|', 'a_b_c_d_e___f__.graft'],
  ['../../etc', '_.._etc.graft'],
  ['...', 'project.graft'],
  ['  ', 'project.graft'],
  ['tab\tand\nline', 'tab_and_line.graft'],
])('%j becomes %j', (name, file) => {
  expect(projectFileName(name)).toBe(file);
});

it('cuts a long name between letters, not inside one', () => {
  const file = projectFileName('🍎'.repeat(300));
  expect(file).toBe(`${'🍎'.repeat(80)}.graft`);
});
