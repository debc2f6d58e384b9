// What can be done to the tree, in words.
import type { RestructuringAct } from '@/api/restructuring'
import { texts } from '@/lib/i18n'

const t = texts({
  rename: ['更名', 'Rename'],
  found: ['新设', 'Found'],
  merge: ['合并', 'Merge'],
  split: ['拆分', 'Split'],
  move: ['划转上级', 'Move below another'],
  close: ['撤销', 'Close'],
  move_classes: ['班级转校', 'Move classes'],
})

export const acts = ['merge', 'split', 'move', 'close', 'move_classes', 'rename', 'found'] as const satisfies readonly RestructuringAct[]
export const actLabel = (act: RestructuringAct) => t(act)
