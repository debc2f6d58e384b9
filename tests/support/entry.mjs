// The way in through the pages: the captcha answered as its task in words, and signing in.
import { answerTo } from './captcha.mjs'

export async function solveCaptcha(page) {
  await page.locator('[id="captcha.answer"]').waitFor()
  const other = page.getByText('改做文字题') // not there when the page was left in words
  if (await other.count()) await other.click()
  const hint = page.locator('[id="captcha.answer-hint"]')
  await hint.filter({ hasText: /？/ }).waitFor()
  await page.fill('[id="captcha.answer"]', answerTo(await hint.innerText()))
}

export async function signInAs(page, login, password) {
  await page.goto('/login')
  await page.fill('#login', login)
  await page.fill('#password', password)
  await solveCaptcha(page)
  await page.click('form button[type=submit]')
  await page.waitForURL(url => url.pathname !== '/login')
}
