import { texts } from '@/lib/i18n'

export const t = texts({
  hello: ['{name}，您好', 'Hello, {name}'],
  offices: ['{role}：{organisation}', '{role}: {organisation}'],
  no_office: ['您目前没有管理职务', 'You hold no office at present'],
  reviews: ['待我审核', 'Waiting for my review'],
  reviews_none: ['没有等待审核的申请', 'Nothing waits for review'],
  reviews_go: ['去审核', 'Review'],
  oldest: ['最早提交于 {time}', 'The oldest since {time}'],
  imports: ['名册导入', 'Roster imports'],
  imports_none: ['没有进行中的导入', 'No import is going on'],
  imports_go: ['导入名册', 'Import a roster'],
  import_checking: ['试读中', 'Checking'],
  import_ready: ['待确认', 'Waiting for you'],
  import_applying: ['写入中', 'Writing'],
  progress: ['认证进度', 'Progress'],
  progress_go: ['查看进度', 'See progress'],
  progress_text: ['已认证 {certified}，共 {total} 人', '{certified} of {total} certified'],
  progress_rest: ['审核中 {in_review}，已退回 {returned}，未开始 {not_begun}', '{in_review} in review, {returned} returned, {not_begun} not begun'],
  progress_none: ['还没有名册', 'There is no roster yet'],
  people: ['{n} 份', '{n}'],
  people_more: ['{n} 份以上', 'more than {n}'],
})
