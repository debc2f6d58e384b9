import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/apps', component: () => import('./AppsPage.vue'), meta: { shell: 'admin', title: () => t('apps'), access: administrators } },
  { path: '/admin/apps/new', component: () => import('./NewAppPage.vue'), meta: { shell: 'admin', title: () => t('make'), access: administrators } },
  { path: '/admin/apps/tokens', component: () => import('./TokensPage.vue'), meta: { shell: 'admin', title: () => t('tokens'), access: administrators } },
  { path: '/admin/apps/:id', component: () => import('./AppPage.vue'), meta: { shell: 'admin', title: () => t('app'), access: administrators } },
]
