import { allRoles, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/guardians', component: () => import('./OpenLinksPage.vue'), meta: { shell: 'admin', title: () => t('guardians'), access: allRoles } },
  { path: '/admin/guardians/:entry', component: () => import('./GuardiansPage.vue'), meta: { shell: 'admin', title: () => t('guardians'), access: allRoles } },
]
