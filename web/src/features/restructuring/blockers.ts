// Why a change cannot be done, in words.
import { colon, texts } from '@/lib/i18n'

const t = texts({
  closed: ['其中的机构已经撤销', 'One of them is closed already'],
  parent_closed: ['接收机构已经撤销', 'Who receives is closed'],
  wrong_successor: ['两边必须是同一类机构', 'Both must be of the same kind'],
  before_last_change: ['生效日期早于某个机构上一次变更的日期', 'The day is before the last change of one of them'],
  circle: ['不能划到自己的下级', 'It cannot report to something below itself'],
  move_too_large: ['下级太多，请分批进行', 'Too much at once: do it in parts'],
  has_children: ['还有下级机构，请选择接替机构', 'Something reports to it: choose a successor'],
  stage_not_taught: ['接收学校没有这个学段', 'The school that receives does not teach this stage'],
  no_number: ['接收学校的这一年级已没有空的班号', 'No class number is left at the school that receives'],
  wrong_place: ['不能放在这里', 'It does not fit there'],
  stopped: ['执行中断，已完成的部分有效；其余部分请重新安排', 'It stopped on the way. What was done stands; order the rest again'],
  name_taken: ['同一上级之下已有同名机构', 'An organisation of this name is there already'],
  namesake_there: ['接收方之下已有同名机构，请先更名', 'There is one of the same name where it would go: rename one of them first'],
  school_code_taken: ['学校标识码已被使用', 'The school code is in use or was used before'],
  changed_meanwhile: ['机构信息刚被他人修改', 'Somebody changed it meanwhile'],
  has_people: ['名册人数有变化', 'The number of people on its rosters changed'],
  below_already: ['已经由这个上级管理', 'It reports to that one already'],
  there_already: ['班级已经在该学校', 'The class is in that school already'],
  not_below: ['所选的下级已不属于这个机构', 'What was chosen does not report to it any more'],
  same_name: ['已经是这个名称', 'That is its name already'],
  outside: ['提交计划的机构已无权管理', 'The office that ordered it may not do so any more'],
  unknown: ['其中的机构已不存在', 'One of them is not there any more'],
  other: ['现在不能执行', 'It cannot be done now'],
})
const known = ['parent_closed', 'closed', 'wrong_successor', 'before_last_change', 'circle', 'move_too_large', 'has_children', 'stage_not_taught', 'no_number', 'wrong_place', 'stopped', 'name_taken', 'namesake_there', 'school_code_taken', 'changed_meanwhile', 'has_people', 'below_already', 'there_already', 'not_below', 'same_name', 'outside', 'unknown'] as const

/** `name`: whom it is about. */
export function blockerLabel(code: string, name?: string | null) {
  const why = t(known.find(one => code.endsWith(`.${one}`)) ?? 'other')
  return name ? why + colon() + name : why
}
