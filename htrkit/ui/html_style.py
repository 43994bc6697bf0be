"""How a report in HTML looks: on wide and narrow screens, light and dark, and on paper without colours."""

STYLE = """
:root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--quiet:#59636e;--line:#d1d9e0;--soft:#f3f5f7;
--good:#2f7d4f;--bad:#b3382c;--some:#8a5a00;--none:#8c959f;
--c0:#1f5fa8;--c1:#b3382c;--c2:#2f7d4f;--c3:#8a5a00;--c4:#6f42c1;--c5:#0e7490;--c6:#a3316f;--c7:#59636e}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e9ec;--quiet:#9aa4af;--line:#3a424b;--soft:#1d2227;
--good:#57b27d;--bad:#f0776a;--some:#d9a441;--none:#7d8792;
--c0:#6aa9f0;--c1:#f0776a;--c2:#57b27d;--c3:#d9a441;--c4:#b392f0;--c5:#4cc3d9;--c6:#f08bc0;--c7:#9aa4af}}
*{box-sizing:border-box}
body{font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem;
color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:0;line-height:1.25}
h2{font-size:1.15rem;margin:2.4rem 0 .6rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.4rem 0 .3rem}
p{margin:.4rem 0}.quiet{color:var(--quiet)}.outcome{font-size:1.1rem;font-weight:600;margin-top:.9rem}
.wide{overflow-x:auto;margin:.5rem 0}.wide:focus-visible{outline:2px solid var(--c0);outline-offset:2px}
table{border-collapse:collapse;font-size:.93rem}
caption{text-align:left;font-weight:600;padding:.2rem 0}
th,td{text-align:left;padding:.25rem 1rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td{min-width:4.8rem;max-width:46rem}th{font-weight:600;white-space:nowrap}thead th{color:var(--quiet)}
.r{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{font:13px/1.6 ui-monospace,"DejaVu Sans Mono",monospace;white-space:pre-wrap}
.commands{list-style:none;margin:.4rem 0;padding:.6rem .8rem;background:var(--soft);border-radius:6px}
.commands li{margin:.15rem 0}.commands code{user-select:all}
.done{fill:var(--good)}.failed{fill:url(#hatch)}.skipped{fill:var(--some)}.not-run{fill:var(--none)}
.hatch{stroke:var(--paper);stroke-width:2}.hatched{fill:var(--bad)}
.bar{display:block;width:100%;height:16px;margin:.8rem 0 .2rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.1rem 1.3rem;margin:.2rem 0;padding:0;font-size:.93rem}
.legend svg{display:inline-block;vertical-align:-1px;margin-right:.4rem}
.plot{display:block;width:100%;min-width:34rem;max-width:56rem;height:auto}
.plot text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:var(--quiet)}
.grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--quiet);stroke-width:1}
.break{stroke:var(--quiet);stroke-dasharray:2 3}
.curve{fill:none;stroke-width:2;stroke-linejoin:round}
.c0{stroke:var(--c0)}.c1{stroke:var(--c1);stroke-dasharray:7 3}.c2{stroke:var(--c2);stroke-dasharray:2 2}
.c3{stroke:var(--c3);stroke-dasharray:9 3 2 3}.c4{stroke:var(--c4);stroke-dasharray:14 4}
.c5{stroke:var(--c5);stroke-dasharray:5 5}.c6{stroke:var(--c6);stroke-dasharray:1 4}
.c7{stroke:var(--c7);stroke-dasharray:3 2 8 2}.limit{stroke:var(--ink);stroke-width:1;stroke-dasharray:1 3;fill:none}
.pages{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:.8rem;margin:.6rem 0;padding:0;
list-style:none}
.pages li{font-size:.85rem;line-height:1.35}
.shot{display:flex;align-items:center;justify-content:center;height:9.5rem;background:var(--soft);
border:1px solid var(--line);margin-bottom:.3rem;overflow:hidden}
.shot img{max-width:100%;max-height:100%;background:#fff}.shot span{padding:.6rem;color:var(--quiet);text-align:center}
.lines{list-style:none;margin:.6rem 0;padding:0}
.lines li{display:grid;grid-template-columns:minmax(0,36rem) minmax(0,1fr);gap:.3rem 1.4rem;align-items:center;
padding:.6rem 0;border-bottom:1px solid var(--line);break-inside:avoid}
.lines img{display:block;max-width:100%;height:auto;background:#fff;border:1px solid var(--line)}
.lines .text{font-size:1.05rem;margin:0;white-space:pre-wrap}
details{margin:1rem 0}summary{cursor:pointer;font-weight:600}summary:focus-visible{outline:2px solid var(--c0)}
@media (max-width:60rem){.lines li{display:block}.lines .text{margin:.3rem 0 0}}
@media (max-width:40rem){body{margin:1rem auto;font-size:14px}th,td{padding-right:.7rem}td{min-width:3rem}
.pages{grid-template-columns:repeat(auto-fill,minmax(8.5rem,1fr))}.shot{height:7rem}}
@page{margin:1.5cm}
@media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--quiet:#333;--line:#999;--soft:#fff;--good:#555;
--bad:#111;--some:#888;--none:#ccc;--c0:#000;--c1:#333;--c2:#000;--c3:#444;--c4:#222;--c5:#555;--c6:#000;--c7:#555}
body{margin:0;max-width:none;font-size:10pt}h2,h3{break-after:avoid}tr,.pages li,.plot,.class{break-inside:avoid}
p:has(+.commands){break-after:avoid}
thead{display:table-header-group}.wide{overflow:visible}.plot{min-width:0;max-width:17cm}
.commands{border:1px solid #999}code{font-size:8.5pt}a{color:inherit}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;height:auto;opacity:1}}
"""
"""Hatching, dashes and words tell apart what colours do as well."""
