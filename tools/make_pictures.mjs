// Makes docs/pictures from the running program, filled by `educard demo`: node tools/make_pictures.mjs
// Needs a built educard (build/release/educard, or EDUCARD_BINARY), Debian's Chromium, and the packages of web/.
import { join } from 'node:path'
import { signInAs } from '../tests/support/entry.mjs'
import { launch, open, password, root, serve, take } from './picture_taking.mjs'

const phone = { width: 390, height: 844 }
const computer = { width: 1440, height: 900 }
const picture = (page, name) => take(page, join(root, 'docs/pictures', `${name}.png`), { largest: 200_000 })

const { url, stop } = await serve()
const browser = await launch()
try {
  const student = await open(browser, url, phone)
  await signInAs(student, 'student', password)
  await student.goto('/')
  await picture(student, 'home-phone')
  await student.goto('/card')
  await student.waitForSelector('[data-code^="EDU1:"]')
  await picture(student, 'card-phone')

  const guest = await open(browser, url, phone)
  await guest.goto('/verify')
  await guest.fill('#code', await student.getAttribute('[data-code^="EDU1:"]', 'data-code'))
  await guest.click('main form button[type=submit]')
  await guest.getByText('金陵示范小学').first().waitFor()
  await picture(guest, 'verify-phone')

  const teacher = await open(browser, url, computer)
  await signInAs(teacher, 'teacher', password)
  await teacher.goto('/admin/reviews')
  await picture(teacher, 'review-computer')

  const school = await open(browser, url, computer)
  await signInAs(school, 'school', password)
  await school.goto('/admin/roster')
  await picture(school, 'roster-computer')

  const province = await open(browser, url, computer)
  await signInAs(province, 'province', password)
  await province.goto('/admin/progress')
  await picture(province, 'progress-computer')
} finally {
  await browser.close()
  await stop()
}
