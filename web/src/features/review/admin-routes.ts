import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

// Open to whoever is signed in: a colleague to whom review was delegated may hold no office.
export const routes: FeatureRoute[] = [
  { path: '/admin/reviews/:id?', component: () => import('./ReviewPage.vue'), meta: { shell: 'admin', title: () => t('title') } },
]
