import { AppWindow } from 'lucide-vue-next'
import { administrators, type NavigationEntry } from '@/app/features'
import { t } from './titles'

export const navigation: NavigationEntry[] = [{ to: '/admin/school-apps', label: () => t('school_apps'), icon: AppWindow, order: 34, shell: 'admin', group: 'apps', roles: administrators }]
