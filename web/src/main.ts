import { createApp } from 'vue'
import '@/styles/base.css'
import { onSignedOut } from '@/api/client'
import App from '@/app/App.vue'
import { startPreferences } from '@/app/preferences'
import { router } from '@/app/router'
import { forgetSession } from '@/app/session'
import { startTitle } from '@/app/title'
import { startWorker } from '@/app/worker'

startPreferences()
startTitle()
onSignedOut(() => {
  forgetSession()
  const here = router.currentRoute.value
  const access = here.meta.access ?? 'signed_in'
  if (here.matched.length > 0 && access !== 'anyone') void router.push({ path: '/login', query: { next: here.fullPath, ended: '1' } })
})
createApp(App).use(router).mount('#app')
if (import.meta.env.PROD) startWorker()
