import { administrators, type FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/admin/school-apps', component: () => import('./SchoolAppsPage.vue'), meta: { shell: 'admin', title: () => t('school_apps'), access: administrators } },
]
