import { allRoles, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/reviews/:id?', component: () => import('./ReviewPage.vue'), meta: { shell: 'admin', title: () => t('title'), access: allRoles } },
]
