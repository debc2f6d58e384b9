// Routes of what is not opened every day; loaded with the first of its pages, so that the sign-in page does not carry them.
import type { FeatureRoute } from './features'

const found = import.meta.glob<{ routes: FeatureRoute[] }>(['../features/*/routes.ts', '!../features/{accounts,cards,home}/routes.ts'], { eager: true })
export const furtherRoutes = Object.values(found).flatMap(feature => feature.routes)
