// ECharts with only what the map and the trend need; drawn as SVG, so that it is sharp and has no canvas to describe.
import { LineChart, MapChart } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'

echarts.use([LineChart, MapChart, GridComponent, TooltipComponent, VisualMapComponent, AriaComponent, LabelLayout, SVGRenderer])
export { echarts }

/** A chart that fills the element and grows with it, until dispose(). */
export function chartIn(element: HTMLElement) {
  const chart = echarts.init(element, undefined, { renderer: 'svg' })
  const observer = new ResizeObserver(() => {
    if (element.clientWidth && element.clientHeight) chart.resize() // a box that is hidden for a moment has no scale, and a map throws
  })
  observer.observe(element)
  return {
    chart,
    dispose() {
      observer.disconnect()
      chart.dispose()
    },
  }
}
export type ChartIn = ReturnType<typeof chartIn>
