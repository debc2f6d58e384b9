import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/restructuring', component: () => import('./RestructuringPage.vue'), meta: { shell: 'admin', title: () => t('title'), access: administrators } },
]
