import { afterEach, expect, test } from 'vitest'
import { createApp, h, nextTick, ref } from 'vue'
import UiTabs from './UiTabs.vue'

const chosen = ref('a')
const tabs = ['a', 'b', 'c'].map(value => ({ value, label: value.toUpperCase() }))
const app = createApp({ render: () => h(UiTabs, { tabs, label: 'letters', modelValue: chosen.value, 'onUpdate:modelValue': (now: string) => (chosen.value = now) }, { a: () => 'first', b: () => 'second', c: () => 'third' }) })
const place = document.createElement('div')
document.body.append(place)
app.mount(place)
afterEach(() => void (chosen.value = 'a'))

const tab = (name: string) => [...place.querySelectorAll<HTMLElement>('[role=tab]')].find(one => one.textContent === name)!
async function press(key: string) {
  place.querySelector('[role=tab][aria-selected=true]')!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
  await nextTick()
  await nextTick()
}

test('arrows go round, Home and End to the ends, and the focus follows', async () => {
  await nextTick()
  for (const [key, expected] of [['ArrowRight', 'B'], ['ArrowLeft', 'A'], ['ArrowLeft', 'C'], ['ArrowRight', 'A'], ['End', 'C'], ['Home', 'A']] as const) {
    await press(key)
    expect(document.activeElement?.textContent).toBe(expected)
    expect(tab(expected).getAttribute('aria-selected')).toBe('true')
  }
})

test('only the chosen tab is in the tab order, and its panel is named by it', async () => {
  tab('B').click()
  await nextTick()
  expect(['A', 'B', 'C'].map(name => tab(name).tabIndex)).toEqual([-1, 0, -1])
  const panel = place.querySelector('[role=tabpanel]')!
  expect(panel.textContent).toBe('second')
  expect(panel.getAttribute('aria-labelledby')).toBe(tab('B').id)
  expect(tab('B').getAttribute('aria-controls')).toBe(panel.id)
})
