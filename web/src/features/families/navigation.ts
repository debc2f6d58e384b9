import { UsersRound } from 'lucide-vue-next'
import type { NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/guardians', label: () => t('guardians'), icon: UsersRound, order: 32, shell: 'admin', group: 'people' }]
