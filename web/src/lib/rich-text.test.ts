import { describe, expect, test } from 'vitest'
import { blocksOf, marked } from './rich-text'

describe('text of answers', () => {
  test('paragraphs, lists and links; never markup', () => {
    expect(blocksOf('<b>一</b>\n二\n\n- 甲\n- 乙\n1. 丙\n2、丁')).toEqual([
      { kind: 'paragraph', lines: [[{ text: '<b>一</b>' }], [{ text: '二' }]] },
      { kind: 'bullets', lines: [[{ text: '甲' }], [{ text: '乙' }]] },
      { kind: 'numbers', lines: [[{ text: '丙' }], [{ text: '丁' }]] },
    ])
    expect(blocksOf('见 https://jse.edu.cn/card?a=1，或javascript:alert(1)')[0]!.lines[0]).toEqual([
      { text: '见 ' },
      { text: 'https://jse.edu.cn/card?a=1', href: 'https://jse.edu.cn/card?a=1' },
      { text: '，或javascript:alert(1)' },
    ])
    expect(blocksOf('')).toEqual([])
  })

  test('marks what was searched for, whatever its case', () => {
    expect(marked('打开教育卡APP', ['教育卡', 'app'])).toEqual([{ text: '打开' }, { text: '教育卡', mark: true }, { text: 'APP', mark: true }])
    expect(marked('a.b', ['.'])).toEqual([{ text: 'a' }, { text: '.', mark: true }, { text: 'b' }])
    expect(marked('一', [' '])).toEqual([{ text: '一' }])
  })
})
