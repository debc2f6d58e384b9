// ECharts with only what the map needs; drawn as SVG, so that it is sharp and has no canvas to describe.
import { MapChart } from 'echarts/charts'
import { AriaComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'

echarts.use([MapChart, TooltipComponent, VisualMapComponent, AriaComponent, LabelLayout, SVGRenderer])
export { echarts }
