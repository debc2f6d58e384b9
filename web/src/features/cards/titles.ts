import { texts } from '@/lib/i18n'

export const t = texts({
  card: ['教育卡', 'Card'],
  verify: ['扫码核验', 'Verify a card'],
  verify_tab: ['核验', 'Verify'],
  manage: ['教育卡管理', 'Cards'],
  devices: ['可出示教育卡的设备', 'Devices that show my card'],
})
