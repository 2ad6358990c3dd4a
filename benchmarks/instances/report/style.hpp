// SPDX-License-Identifier: Apache-2.0
// The style sheet of the HTML report: the palette of Okabe and Ito, light and dark, phone and print.
#pragma once

namespace tenfold::bench {

inline constexpr char report_style[] = R"css(
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#15181c;--soft:#5c6670;--line:#dfe3e8;--track:#e9edf1;
--c0:#0072b2;--c1:#e69f00;--c2:#009e73;--c3:#d55e00;--c4:#cc79a7;--c5:#56b4e9;--c6:#8a8f98}
@media (prefers-color-scheme:dark){:root{--page:#101316;--card:#191d22;--ink:#e8ebee;--soft:#9aa4ae;--line:#2c333a;--track:#283038;
--c0:#56b4e9;--c5:#0072b2}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif}
main{max-width:1120px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:1.2rem;margin:40px 0 4px}
h3{font-size:1rem;margin:0 0 10px}
p{margin:0 0 12px;max-width:75ch}
.soft,.note{color:var(--soft);font-size:.92rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;min-width:0}
.card+.card{margin-top:16px}.grid .card+.card{margin-top:0}
.machine{margin:10px 0}.machine>summary{color:var(--ink);font-size:1rem;font-weight:600;padding:4px 0}
.machine>summary i{display:inline-block;width:11px;height:11px;border-radius:3px;margin:0 7px}
.grid{display:grid;gap:16px;grid-template-columns:repeat(auto-fill,minmax(min(320px,100%),1fr));margin:12px 0}
.answer{border-left:5px solid var(--c2);margin:20px 0}
.answer ul{margin:6px 0 0;padding-left:20px}
.answer li{margin:3px 0}
.classes{display:grid;gap:10px 28px;grid-template-columns:repeat(auto-fill,minmax(min(300px,100%),1fr))}
.class{border-top:1px solid var(--line);padding:10px 0 4px}
h4{font-size:.95rem;margin:0 0 4px}
dl{display:grid;grid-template-columns:auto 1fr;gap:2px 12px;margin:0 0 6px;font-size:.9rem}
dt{color:var(--soft)}
dd{margin:0;display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px}
.lead{grid-column:2;color:var(--soft)}
dd b{white-space:nowrap;font-variant-numeric:tabular-nums}
.class p{margin:4px 0;font-size:.85rem;display:flex;flex-wrap:wrap;gap:3px 6px}
.class p>span:first-child{flex:1 1 100%}
.class i{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:6px}
.chip{padding:0 7px;border:1px solid var(--line);border-radius:9px;color:var(--soft);white-space:nowrap}
.chip.better{border-color:var(--c2);color:var(--ink)}.chip.worse{border-color:var(--c3);color:var(--ink)}
.chip.equivalent{border-style:solid;color:var(--ink)}.chip.undecided{border-style:dashed}
.path{margin:0;padding-left:22px}
.path li{padding:5px 0;border-bottom:1px solid var(--line)}.path li:last-child{border:0}
.path div{display:grid;grid-template-columns:minmax(0,21rem) minmax(0,1fr);gap:0 16px}
.path b{font-weight:600}
.figures{display:grid;gap:12px;grid-template-columns:repeat(auto-fill,minmax(min(165px,100%),1fr));margin:14px 0 6px}
.figure b{display:block;font-size:1.3rem;line-height:1.25;font-variant-numeric:tabular-nums}
.figure span{color:var(--soft);font-size:.85rem}
.key{display:flex;flex-wrap:wrap;gap:6px 18px;margin:10px 0;font-size:.92rem}
.key i{display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:6px;vertical-align:-1px}
svg{display:block;width:100%;height:auto;max-width:none}
.card>svg{max-width:430px}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Liberation Sans",sans-serif;fill:var(--ink)}
svg .l{font-size:13px}
svg .v{font-size:13px;font-weight:600;text-anchor:end;font-variant-numeric:tabular-nums}
svg .t{fill:var(--soft);font-size:11px}
svg .b{font-size:12px;paint-order:stroke;stroke:var(--card);stroke-width:3px}
svg .m{font:11.5px ui-monospace,"DejaVu Sans Mono",monospace}
svg .h{font-size:11px;text-anchor:middle;font-variant-numeric:tabular-nums}
svg .on-dark{fill:#fff}svg .on-light{fill:#000}
svg .e{text-anchor:end}
svg .q{stroke:var(--line);stroke-width:1;fill:none}
svg .p{fill:none;stroke-width:2;stroke-linejoin:round}svg .d{stroke-dasharray:5 4}
svg .p0{stroke:var(--c0)}svg .p1{stroke:var(--c1)}svg .p2{stroke:var(--c2)}svg .p3{stroke:var(--c3)}svg .p4{stroke:var(--c4)}svg .p5{stroke:var(--c5)}svg .p6{stroke:var(--c6)}
svg circle{stroke:var(--card);stroke-width:1}
svg .track{fill:var(--track)}
svg .g{stroke:var(--card);stroke-width:1}
svg .w{stroke:var(--ink);stroke-width:1.4;fill:none}
.c0{fill:var(--c0);background:var(--c0)}.c1{fill:var(--c1);background:var(--c1)}.c2{fill:var(--c2);background:var(--c2)}
.c3{fill:var(--c3);background:var(--c3)}.c4{fill:var(--c4);background:var(--c4)}.c5{fill:var(--c5);background:var(--c5)}
.c6{fill:var(--c6);background:var(--c6)}
.wide{overflow-x:auto}
details{margin:10px 0 0}
summary{cursor:pointer;color:var(--soft);font-size:.92rem}
table{border-collapse:collapse;font-size:.86rem;margin:8px 0;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:5px 14px 5px 0;border-bottom:1px solid var(--line);vertical-align:top}
th{color:var(--soft);font-weight:600;vertical-align:bottom}
td{overflow-wrap:break-word}
.n{text-align:right;white-space:nowrap}
code{font:.88em ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
footer{margin-top:40px;color:var(--soft);font-size:.88rem}
@media (max-width:560px){.wide td:not(.n),.wide th:not(.n){min-width:7em}.path div{grid-template-columns:1fr}main{padding:18px 12px 40px}h1{font-size:1.4rem}.card{padding:13px 13px}}
@media print{body{background:#fff}.card{break-inside:avoid}}
)css";

}  // namespace tenfold::bench
