import type { FeatureRoute } from '@/app/features'
import { t } from './titles'

export const routes: FeatureRoute[] = [
  { path: '/login', component: () => import('./LoginPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('login') } },
  { path: '/register/:step?', component: () => import('./register/RegisterPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('register') } },
  { path: '/recover', component: () => import('./RecoverPage.vue'), meta: { shell: 'plain', access: 'anyone', title: () => t('recover') } },
  { path: '/me/phone', component: () => import('./PhonePage.vue'), meta: { shell: 'citizen', title: () => t('phone') } },
  { path: '/me', component: () => import('./MePage.vue'), meta: { shell: 'citizen', title: () => t('me') } },
  { path: '/me/sessions', component: () => import('./SessionsPage.vue'), meta: { shell: 'citizen', title: () => t('sessions') } },
  { path: '/me/password', component: () => import('./PasswordPage.vue'), meta: { shell: 'citizen', title: () => t('password') } },
  { path: '/me/second-factor', component: () => import('./SecondFactorPage.vue'), meta: { shell: 'citizen', title: () => t('second_factor') } },
  { path: '/me/history', component: () => import('./HistoryPage.vue'), meta: { shell: 'citizen', title: () => t('history') } },
  { path: '/me/consents', component: () => import('./ConsentsPage.vue'), meta: { shell: 'citizen', title: () => t('consents') } },
  { path: '/me/consents/give', component: () => import('./GiveConsentPage.vue'), meta: { shell: 'citizen', title: () => t('give_consent') } },
  { path: '/me/claim', component: () => import('./ClaimPage.vue'), meta: { shell: 'citizen', title: () => t('claim') } },
]
