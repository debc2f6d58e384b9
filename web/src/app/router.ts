import { nextTick } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteRecordRaw } from 'vue-router'
import { Problem } from '@/api/problem'
import type { FeatureRoute, Shell } from './features'
import { holds, loadSession } from './session'
import { t } from './texts'
import { setTitle } from './title'

const shells: Record<Shell, () => Promise<unknown>> = {
  citizen: () => import('./CitizenShell.vue'),
  admin: () => import('./AdminShell.vue'),
  plain: () => import('./PlainShell.vue'),
}

// What everybody opens, and opens without a network; the rest is in further-routes.ts and admin-routes.ts.
const found = import.meta.glob<{ routes: FeatureRoute[] }>('../features/{accounts,cards,home}/routes.ts', { eager: true })

function framed(shell: Shell, routes: readonly FeatureRoute[], more: RouteRecordRaw[] = []): RouteRecordRaw {
  const children = [...routes.filter(route => route.meta.shell === shell), ...more]
  return { path: '/', component: shells[shell] as () => Promise<never>, children }
}
const first = Object.values(found).flatMap(feature => feature.routes)

const fallbacks: RouteRecordRaw[] = [
  { path: '/forbidden', component: () => import('./AwayPage.vue'), props: { why: 'forbidden' }, meta: { shell: 'plain', access: 'anyone', title: () => t('forbidden') } },
  { path: '/trouble', component: () => import('./TroublePage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => '' } },
  { path: '/:rest(.*)*', component: () => import('./AwayPage.vue'), props: { why: 'not_found' }, meta: { shell: 'plain', access: 'anyone', title: () => t('not_found') } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes: [framed('citizen', first), framed('plain', first, fallbacks)],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

async function allowed(to: RouteLocationNormalized) {
  const access = to.meta.access ?? 'signed_in'
  if (access === 'anyone') return true
  let who
  try {
    who = await loadSession()
  } catch (fault) {
    // Without a network, pages that live from what the device keeps still open.
    if (fault instanceof Problem && (fault.status === 0 || fault.status >= 502) && to.meta.shell === 'citizen') return true
    return { path: '/trouble', query: { next: to.fullPath } }
  }
  // What stands behind # may be a secret and stays there.
  if (!who) return { path: '/login', query: { next: to.fullPath.split('#')[0] }, hash: to.hash }
  if (to.meta.shell === 'admin' && who.next.includes('second_factor')) return '/me/second-factor' // the office waits for it
  if (access === 'signed_in' || holds(access)) return true
  return { path: '/forbidden' }
}

let hasFurtherRoutes = false
let hasAdminRoutes = false
router.beforeEach(async to => {
  if (to.matched.at(-1)?.path !== '/:rest(.*)*') return
  if (/^\/admin(\/|$)/.test(to.path)) {
    if (hasAdminRoutes) return
    const { adminRoutes } = await import('./admin-routes')
    router.addRoute(framed('admin', adminRoutes))
    hasAdminRoutes = true
  } else {
    if (hasFurtherRoutes) return
    const { furtherRoutes } = await import('./further-routes')
    router.addRoute(framed('citizen', furtherRoutes))
    router.addRoute(framed('plain', furtherRoutes))
    hasFurtherRoutes = true
  }
  // Going back to it the browser is there already, and another entry would take away the way forward.
  return { path: to.path, query: to.query, hash: to.hash, replace: history.state?.current === to.fullPath }
})
router.beforeEach(allowed)

/** Says where one is now, to eyes and screen readers: title, and focus on the page's heading. */
router.afterEach((to, from, failure) => {
  if (failure) return
  setTitle(to.meta.title ?? (() => ''))
  // Choosing another row of the same page is no new page.
  if (from.matched.length === 0 || to.matched.at(-1) === from.matched.at(-1)) return
  nextTick(() => requestAnimationFrame(() => {
    const heading = document.querySelector<HTMLElement>('main h1') ?? document.getElementById('main')
    heading?.setAttribute('tabindex', '-1')
    heading?.focus({ preventScroll: true })
  }))
})

const isThere = () => fetch('/healthz', { cache: 'no-store' }).then(answer => answer.ok, () => false)

// Either there is no network and the page is none of those that are kept, or a new version was installed while the page was open, whose
// files have other names.
router.onError(async (fault, to) => {
  if (!/dynamically imported module|Importing a module script failed|preload CSS/.test(String(fault))) return
  if (await isThere()) location.assign(location.origin + to.fullPath) // a path may begin with two slashes
  else await router.replace({ path: '/trouble', query: { next: to.fullPath } })
})
