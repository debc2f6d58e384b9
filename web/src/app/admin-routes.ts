// All routes of the administrators' side; loaded when somebody first goes there, so that citizens do not carry them.
import type { FeatureRoute } from './features'

const found = import.meta.glob<{ routes: FeatureRoute[] }>('../features/*/admin-routes.ts', { eager: true })
export const adminRoutes = Object.values(found).flatMap(feature => feature.routes)
