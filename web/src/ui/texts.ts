import { texts } from '@/lib/i18n'

export const t = texts({
  dismiss: ['关闭提示', 'Dismiss'],
  close: ['关闭', 'Close'],
  cancel: ['取消', 'Cancel'],
  problems: ['有 {n} 处需要修改', 'There are {n} things to correct'],
  required_mark: ['必填', 'required'],
  optional: ['选填', 'optional'],
  choose: ['请选择', 'Choose'],
  searching: ['正在查找…', 'Searching…'],
  nothing_found: ['没有找到', 'Nothing found'],
  type_to_search: ['输入名称或拼音', 'Type a name or pinyin'],
  more: ['加载更多', 'Load more'],
  loading: ['正在加载…', 'Loading…'],
  show: ['显示', 'Show'],
  hide: ['隐藏', 'Hide'],
  drop_here: ['把文件拖到这里，或', 'Drop a file here, or'],
  choose_file: ['选择文件', 'choose a file'],
  expand: ['展开 {name}', 'Open {name}'],
  collapse: ['收起 {name}', 'Close {name}'],
  again: ['重试', 'Try again'],
})
