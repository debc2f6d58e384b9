import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/family', component: () => import('./FamilyPage.vue'), meta: { shell: 'citizen', title: () => t('family') } },
  { path: '/family/join', component: () => import('./JoinPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('join') } },
  { path: '/family/:id', component: () => import('./ChildPage.vue'), meta: { shell: 'citizen', title: () => t('child') } },
]
