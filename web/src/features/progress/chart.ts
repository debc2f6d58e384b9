// ECharts with only what the map and the trend need; drawn as SVG, so that it is sharp and has no canvas to describe.
import { LineChart, MapChart } from 'echarts/charts'
import { AriaComponent, GridComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { SVGRenderer } from 'echarts/renderers'

echarts.use([LineChart, MapChart, GridComponent, TooltipComponent, VisualMapComponent, AriaComponent, LabelLayout, SVGRenderer])
export { echarts }
