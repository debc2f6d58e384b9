// The page's title: "错误：登录 - 江苏教育卡". A page that shows an error summary says so here too (WCAG 3.3.1).
import { computed, ref, watchEffect } from 'vue'
import { t } from './texts'

const page = ref<() => string>(() => '')
const faulty = ref(false)

export function setTitle(title: () => string) {
  page.value = title
  faulty.value = false
}

export function setFaulty(now: boolean) {
  faulty.value = now
}

const whole = computed(() => {
  const own = page.value()
  const marked = faulty.value ? t('error_prefix', { title: own }) : own
  return marked ? `${marked} - ${t('brand')}` : t('brand')
})

export function startTitle() {
  watchEffect(() => {
    document.title = whole.value
  })
}
